package dev.headroom.hub;

import java.util.Set;

/**
 * A repository at one commit.
 *
 * @param name its name, with the revision that was asked for
 * @param commit the commit of that revision
 * @param listing its files; those of the cache alone where nothing else is known
 * @param reachable the paths of the files that can be had; those of the cache alone where the Hub cannot be asked
 */
public record Repository(HubName name, String commit, Listing listing, Set<String> reachable) {

    /** The paths of its files. */
    public Set<String> paths() {
        return listing.files().keySet();
    }

    /** The same repository, all of whose files can be had. */
    Repository whole() {
        return new Repository(name, commit, listing, paths());
    }
}
