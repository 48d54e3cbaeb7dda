package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialState;
import dev.mehari.credential.LiveCredentials;
import java.time.Clock;
import java.time.Instant;

/** What resources of credentials answer with. */
public final class CredentialAnswers {
    private final LiveCredentials live;
    private final Clock clock;

    public CredentialAnswers(LiveCredentials live, Clock clock) {
        this.live = live;
        this.clock = clock;
    }

    ObjectNode json(CredentialEntry credential) {
        return CredentialJson.of(credential, live.of(credential.id()), clock.instant());
    }

    CredentialState state(CredentialEntry credential) {
        return credential.state(clock.instant(), live.of(credential.id()));
    }

    Instant now() {
        return clock.instant();
    }

    /** The credential as a change has left it. */
    ObjectNode json(CredentialChange change) throws AdminRefusal {
        if (change instanceof CredentialChange.Done done) {
            return json(done.credential());
        }
        if (change instanceof CredentialChange.NameTaken taken) {
            throw AdminRefusal.duplicateName("the upstream has another credential with the name " + taken.name());
        }
        if (change instanceof CredentialChange.SameSecret same) {
            throw AdminRefusal.duplicateSecret("the upstream has the same secret already, in credential " + same.of());
        }
        if (change instanceof CredentialChange.UnknownUpstream unknown) {
            throw AdminRefusal.invalidValue("upstream", "there is no upstream with the name " + unknown.name());
        }
        throw unknown();
    }

    static AdminRefusal unknown() {
        return AdminRefusal.unknown("credential", "id", "There is no credential with this id.");
    }
}
