/**
 * The records of what was measured and learned, and the files that keep them for the next start.
 *
 * <p>Begin with Calibration, LearnedLimits and StateStore.
 */
package dev.headroom.measured;
