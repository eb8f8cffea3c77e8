/**
 * The page for people: the device, the plan, live charts, and a box to try each door. Java only serves its files; they
 * read {@code /plan} and {@code /q/metrics} in the browser. Begin with {@link dev.headroom.function.page.PageRoute}; the page
 * itself begins with {@code main.js} in this package's resources.
 */
package dev.headroom.function.page;
