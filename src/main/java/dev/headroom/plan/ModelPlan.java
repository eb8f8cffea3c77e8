package dev.headroom.plan;

/** A model's plan, and the facts of the model that it follows from. */
public record ModelPlan(ModelDemand model, Plan plan) {}
