/**
 * The commands plan, optimize, pull and ready: the catalogue of cards, the forecast for each, its cost and the Knative overlay.
 *
 * <p>Begin with Commands, then PlanCommand and Forecast.
 */
package dev.headroom.forecast;
