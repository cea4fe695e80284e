export { freeBytes } from './disk.ts';
export { type DoctorCode, type DoctorFacts, diagnose, type Finding } from './doctor.ts';
export { gatherDoctorFacts } from './gather-facts.ts';
