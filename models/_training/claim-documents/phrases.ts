/**
 * The sentences of the synthetic claim documents. Nothing here comes from a real document. `{slot}` is filled by the
 * generator. Families share words on purpose: an estimate and an invoice differ in the order of their words more than
 * in the words, so that a model of single words confuses them and one of pairs does not.
 */
export const FAMILIES = {
  repair: [
    'vehicle {vehicle}, mileage {number} km',
    'the {part} and the {part} of the {vehicle} are listed below',
    'labour {number} hours at {amount} per hour',
    'paint work and material for the {part} {amount}',
    'value added tax is included in the total',
    'spare parts are original parts of the manufacturer',
    'the workshop in {city} inspected the vehicle on {date}',
    'the {part} was deformed by the impact',
  ],
  medical: [
    'patient {name}, born {date}',
    'the patient was seen in our practice in {city} on {date}',
    'diagnosis {injury} after a traffic accident',
    'treatment of the {injury} with physiotherapy',
    'x-ray of the affected region on {date}',
    'follow-up examination in {number} weeks',
    'consultation of {number} minutes with the doctor',
  ],
  statement: [
    'the accident happened on {date} in {city}',
    'the {vehicle} came from the left and did not stop',
    'the road was wet and it was getting dark',
    'the driver of the other vehicle was {name}',
    'the traffic light was green for the {vehicle}',
    'nobody was hurt but the {part} was damaged',
    'the speed was about {number} kilometres per hour',
    'a sketch of the crossing is attached',
  ],
  letter: [
    'my letter of {date} has not been answered',
    'the insured person is {name} from {city}',
    'I refer to the telephone call with {name} on {date}',
    'please confirm in writing that you received this',
    'the amount in question is {amount}',
    'the policy began on {date}',
    'I look forward to your reply before {date}',
  ],
} as const

export type Family = keyof typeof FAMILIES

export interface DocumentType {
  readonly label: string
  readonly family: Family
  /** How many of a hundred documents are of this type, roughly. */
  readonly share: number
  readonly phrases: readonly [string, ...string[]]
}

export const DOCUMENT_TYPES: readonly [DocumentType, ...DocumentType[]] = [
  {
    label: 'accident_report',
    family: 'statement',
    share: 14,
    phrases: [
      'I was driving my {vehicle} when the other car hit me',
      'I could not brake in time and hit the other car',
      'the other driver and I filled in the European accident statement',
      'my car was pushed against the kerb and my {part} broke',
      'I report this accident as the driver of the insured vehicle',
      'we exchanged names and insurance details with the other driver',
    ],
  },
  {
    label: 'witness_statement',
    family: 'statement',
    share: 6,
    phrases: [
      'I was standing at the bus stop when the other car hit the {vehicle}',
      'I saw that the driver could not brake in time',
      'I do not know any of the drivers',
      'I gave my name to the driver of the insured vehicle',
      'as a witness I declare that this is what I saw',
      'from where I stood I could see the other driver and the crossing',
    ],
  },
  {
    label: 'police_report',
    family: 'statement',
    share: 5,
    phrases: [
      'officers of the police station {city} arrived at the scene',
      'the driver stated that he could not brake in time',
      'a breath test of the driver was negative',
      'the witness stated that the other car hit the {vehicle}',
      'file number {number} of the cantonal police',
      'the report was closed and sent to the prosecutor',
    ],
  },
  {
    label: 'repair_estimate',
    family: 'repair',
    share: 12,
    phrases: [
      'the repair will cost {amount} if no further damage is found',
      'total cost before repair {amount}',
      'this is not an invoice, the amount due may change',
      'we will begin the repair when the insurance has confirmed',
      'the {part} has to be replaced, delivery takes {number} days',
      'expected duration of the repair {number} days',
    ],
  },
  {
    label: 'repair_invoice',
    family: 'repair',
    share: 14,
    phrases: [
      'the repair has cost {amount}, no further damage was found',
      'total cost after repair {amount}',
      'this is an invoice, the amount due may not change',
      'we have finished the repair as the insurance has confirmed',
      'the {part} has been replaced, delivery took {number} days',
      'please pay the amount due within {number} days',
    ],
  },
  {
    label: 'expert_opinion',
    family: 'repair',
    share: 4,
    phrases: [
      'the repair would cost more than the market value of the vehicle',
      'market value before the accident {amount}',
      'residual value after the accident {amount}',
      'in my opinion the damage to the {part} is older than the accident',
      'the vehicle is a total loss from an economic point of view',
      'the expert found no further damage below the {part}',
    ],
  },
  {
    label: 'medical_report',
    family: 'medical',
    share: 9,
    phrases: [
      'the patient is unable to work until {date}',
      'no further treatment is due at present',
      'the {injury} has healed without complications',
      'the patient complains of pain in the neck',
      'medication was prescribed for {number} days',
      'mobility is restricted by about {number} percent',
    ],
  },
  {
    label: 'medical_invoice',
    family: 'medical',
    share: 9,
    phrases: [
      'the amount due for the treatment is {amount}',
      'tariff item {number}, {number} points',
      'please pay within {number} days of the date of this invoice',
      'the patient has to pay the treatment until {date}',
      'medication for {number} days {amount}',
      'no further invoice for this treatment is due',
    ],
  },
  {
    label: 'claim_form',
    family: 'letter',
    share: 12,
    phrases: [
      'I hereby report a claim under policy {number}',
      'type of damage: collision with damage to the {part}',
      'the claim was reported by the policy holder {name}',
      'other insurance for the same damage: none',
      'place and date of the loss {city}, {date}',
      'I declare that the answers in this form are complete and true',
    ],
  },
  {
    label: 'bank_details',
    family: 'letter',
    share: 5,
    phrases: [
      'please pay the amount of the claim to this account',
      'account holder {name}, bank in {city}',
      'the account number has changed since the claim was reported',
      'IBAN and BIC are printed on the attached card',
      'this account replaces the old account from {date}',
    ],
  },
  {
    label: 'complaint',
    family: 'letter',
    share: 6,
    phrases: [
      'I do not accept that the claim was rejected',
      'nobody called me back although I was promised it',
      'I have been waiting for the amount of the claim for {number} weeks',
      'I expect an apology and an answer',
      'I am disappointed by the service and will cancel the policy',
    ],
  },
  {
    label: 'legal_letter',
    family: 'letter',
    share: 4,
    phrases: [
      'my client does not accept that the claim was rejected',
      'I represent {name} and enclose the power of attorney',
      'we set a deadline of {number} days and will then go to court',
      'my client claims compensation for pain and suffering of {amount}',
      'liability is undisputed, the costs of my services are to be paid as well',
    ],
  },
]

/** Sentences of every kind of document, which say nothing about its type. */
export const FILLER = [
  'claim number {number}',
  'date {date}',
  'dear sir or madam',
  'with kind regards {name}',
  'page {number} of {number}',
  'our reference {number}, your reference {number}',
  'please find attached the documents that you asked for',
  'do not hesitate to contact us if there are any questions',
  '{name}, {city}, telephone {number}',
  'sent by e-mail and by post',
  'see also the photographs of the {part}',
  'this document was scanned on {date}',
] as const

export const SLOTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  name: ['A. Keller', 'M. Rossi', 'J. Martin', 'S. Novak', 'L. Weber', 'P. Dubois', 'K. Jensen', 'T. Baumann'],
  city: ['Zurich', 'Bern', 'Geneva', 'Basel', 'Lugano', 'Chur', 'Aarau', 'Thun'],
  vehicle: ['car', 'van', 'truck', 'motorcycle', 'hatchback', 'estate car', 'taxi'],
  part: ['bumper', 'left door', 'windscreen', 'headlight', 'bonnet', 'mirror', 'front axle', 'tailgate'],
  injury: ['whiplash', 'bruise', 'fracture of the wrist', 'concussion', 'sprained ankle', 'torn ligament'],
}

/** What version 3 leaves out: words that occur in documents of every type. */
export const STOP_WORDS: readonly string[] = [
  'a an and are as at by for from in is it of on or that the this to was with you your our',
  'km chf page date number reference dear sir madam kind regards please find attached documents asked telephone',
].flatMap((line) => line.split(' '))
