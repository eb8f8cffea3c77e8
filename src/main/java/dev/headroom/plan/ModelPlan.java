package dev.headroom.plan;

/** A model's plan. */
public record ModelPlan(ModelDemand model, Plan plan) {}
