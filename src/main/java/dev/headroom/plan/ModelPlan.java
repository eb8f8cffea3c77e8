package dev.headroom.plan;

/** A model's plan, and what was known of the model when it was made. */
public record ModelPlan(ModelDemand model, Plan plan) {}
