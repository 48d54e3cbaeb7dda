package dev.mehari.storage.vault;

import dev.mehari.config.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The master keys of {@code mehari.credentials.master-key}: one, or several with commas between them, the newest first. */
public final class ConfiguredKeys implements MasterKeys {
    private static final String SETTING = "mehari.credentials.master-key";

    private final List<MasterKey> keys;

    /**
     * Reads the setting's value.
     *
     * @throws IllegalArgumentException when a part of it is no key; the message is for the operator
     */
    public ConfiguredKeys(Secret value) {
        List<MasterKey> given = new ArrayList<>();
        for (String text : value.reveal().split(",", -1)) {
            try {
                given.add(MasterKey.of(text));
            } catch (IllegalArgumentException tooShort) {
                throw new IllegalArgumentException(SETTING + ": " + tooShort.getMessage(), tooShort);
            }
        }
        keys = List.copyOf(given);
    }

    @Override
    public List<MasterKey> all() {
        return keys;
    }

    @Override
    public MasterKey make() throws IOException {
        throw new IOException("the master key is configured, so a new one has to be, too: set " + SETTING
                + " to the new key, a comma and the old one on every instance, restart each, then rotate");
    }

    @Override
    public String shown() {
        return SETTING;
    }
}
