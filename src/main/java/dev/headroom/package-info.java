/**
 * The process: its start, its end and the command line.
 *
 * <p>Begin with Main, then Awakening, which opens the models, Bootstrap, which joins them to Quarkus, and ProcessEnd.
 */
package dev.headroom;
