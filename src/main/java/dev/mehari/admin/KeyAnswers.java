package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.KeyChange;
import dev.mehari.caller.KeyEntry;
import java.time.Clock;

/** What resources of keys answer with. */
final class KeyAnswers {
    private final Clock clock;

    KeyAnswers(Clock clock) {
        this.clock = clock;
    }

    ObjectNode json(KeyEntry key) {
        return KeyJson.of(key, clock.instant());
    }

    /** The key as a change has left it. */
    ObjectNode json(KeyChange change) throws AdminRefusal {
        if (change instanceof KeyChange.Done done) {
            return json(done.key());
        }
        if (change instanceof KeyChange.NameTaken taken) {
            throw AdminRefusal.duplicateName("there is a key with the name " + taken.name() + " already");
        }
        if (change instanceof KeyChange.WrongState wrong) {
            throw AdminRefusal.invalidState(wrong.message());
        }
        throw AdminRefusal.unknownKey();
    }
}
