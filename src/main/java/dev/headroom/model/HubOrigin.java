package dev.headroom.model;

import dev.headroom.plan.PrecisionSetting;
import java.util.List;

/**
 * The place that a model of the Hub comes from, as {@code GET /plan} shows it.
 *
 * @param repository its name on the Hub
 * @param revision the branch, tag or commit that was asked for
 * @param commit the commit of it that is served
 * @param graphs the graphs that were chosen there, with the reasons
 */
public record HubOrigin(String repository, String revision, String commit, List<PrecisionSetting> graphs) {}
