/**
 * Derives every number of a plan from the settings, the device and the models; reads no file and starts no thread.
 *
 * <p>Begin with Planner, then BatchPlanner and LanePlanner.
 */
package dev.headroom.plan;
