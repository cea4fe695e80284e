export { type AddressReason, addressReasons, type IgnoreReason, ignoreReasons } from './address-reason.ts';
export { type BargeInVerdict, bargeInVerdicts } from './barge-in.ts';
export { floorDueAt, stepFloor } from './floor.ts';
export { emptyFloor, type FloorState } from './floor-state.ts';
export type { EndpointReason, FloorConfig, FloorEffect, FloorEvent, FloorPerson, WordSource } from './floor-types.ts';
