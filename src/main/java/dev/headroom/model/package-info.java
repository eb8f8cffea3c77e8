/**
 * A model's folder: which files it has, what they say, and the task that follows.
 *
 * <p>Begin with ModelRepository, then TaskSpec.
 */
package dev.headroom.model;
