/**
 * Decides who has the device when: one permit for each lane, shared by weight between models.
 *
 * <p>Begin with Gate, then Lanes.
 */
package dev.headroom.gate;
