/**
 * The models, open or closed, the devices they are open on, and the watches over both.
 *
 * <p>Begin with ServedModel, then ModelLifecycle, which opens and closes models, Openings, which decides when, and LivePlan, which plans for
 * all. ServedModels holds them together.
 */
package dev.headroom.serving;
