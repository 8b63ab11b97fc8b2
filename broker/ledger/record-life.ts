/**
 * How long the record of a generation that ended without pictures is kept, in ms: 35 days. One with pictures lives as
 * long as they do, so its record has no expiry here.
 */
export const RECORD_MS = 35 * 24 * 60 * 60 * 1_000;
