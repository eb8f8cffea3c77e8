/**
 * The models, open or closed, the devices they are open on, and the watches over both.
 *
 * <p>Begin with ServedModel, then ServedModels, which opens and closes models, Openings, which decides when, and LivePlan, which plans for all.
 */
package dev.headroom.serving;
