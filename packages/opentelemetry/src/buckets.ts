/** From a call within a data center to one that used up its deadline, in seconds. */
export const CALL_SECONDS: number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** From an immediate logout to one whose provider was down for a weekend, in seconds. */
export const WAIT_SECONDS: number[] = [0.1, 1, 10, 60, 300, 900, 3_600, 14_400, 86_400, 259_200]
