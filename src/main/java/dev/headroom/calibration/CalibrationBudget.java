package dev.headroom.calibration;

import java.time.Duration;

/**
 * The most that a measured batch may take.
 *
 * @param bytes the memory of the device, the model included; a batch that is predicted to take more is not run
 * @param time how long a caller may have to wait behind the batch
 */
public record CalibrationBudget(long bytes, Duration time) {}
