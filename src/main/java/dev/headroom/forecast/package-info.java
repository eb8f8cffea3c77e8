/**
 * The commands plan and optimize: the catalogue of cards, the forecast for each, its cost and the Knative overlay.
 *
 * <p>Begin with PlanCommand, then Forecast.
 */
package dev.headroom.forecast;
