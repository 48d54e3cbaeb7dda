package dev.mehari.caller;

/**
 * What a key may be used for.
 *
 * @param models as named in requests
 * @param clients by the beginning of their {@code User-Agent}
 * @param upstreams by name
 */
public record Access(AllowList models, AllowList clients, AllowList upstreams) {
    /** Everything. */
    public static final Access ALL = new Access(AllowList.ALL, AllowList.ALL, AllowList.ALL);
}
