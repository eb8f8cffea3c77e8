package dev.headroom.plan;

import java.util.Optional;

/**
 * What a model asks of a plan.
 *
 * @param name the model's name, for the messages
 * @param weightBytes the size of its graph's file, which its weights take at least
 * @param elementsPerItem padded elements of the longest item: tokens of a text at the model's maximum length
 * @param declared the memory that the model's folder declares; empty where it declares none
 */
public record ModelDemand(String name, long weightBytes, long elementsPerItem, Optional<MemoryProfile> declared) {}
