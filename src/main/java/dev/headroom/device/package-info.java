/**
 * The hardware: which GPUs there are and how much memory they and the host have.
 *
 * <p>Begin with HardwareProbe.
 */
package dev.headroom.device;
