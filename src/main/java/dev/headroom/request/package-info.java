/**
 * One item of a request, from its admission to its one outcome.
 *
 * <p>Begin with Item and Failure.
 */
package dev.headroom.request;
