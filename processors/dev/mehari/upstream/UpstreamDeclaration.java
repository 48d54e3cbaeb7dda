package dev.mehari.upstream;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Makes the stored upstreams those that a file declares. Blocks. */
public interface UpstreamDeclaration {
    /** What belongs to the upstreams that are there then. */
    @FunctionalInterface
    interface Rest {
        void apply() throws StorageUnavailable;
    }

    /**
     * By name: creates and changes what {@code upstreams} has, and removes what an earlier call brought and this one does
     * not have; all of it at once. Then applies {@code rest}. Of several instances one at a time does all this.
     */
    void declare(List<UpstreamFields> upstreams, Rest rest) throws StorageUnavailable;
}
