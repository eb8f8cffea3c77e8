/**
 * Measures how much memory and time batches take, while nobody calls.
 *
 * <p>Begin with Calibrator.
 */
package dev.headroom.calibration;
