/**
 * The models that are open, the devices they are open on, and the watches over both.
 *
 * <p>Begin with ServedModels, then LivePlan.
 */
package dev.headroom.serving;
