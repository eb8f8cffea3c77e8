/**
 * CloudEvents, single and batched, answered by the function.
 *
 * <p>Begin with EventRoute.
 */
package dev.headroom.function.event;
