package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.credential.MasterKeyChange;
import dev.mehari.credential.MasterKeyChange.CannotRotate;
import dev.mehari.credential.MasterKeyChange.Rotation;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/master-key/rotate} with {@code {"version","sealed","left"}} once all secrets are sealed anew; 400
 * {@code invalid_state} where there is no next key; named {@code rotateMasterKey}.
 */
public final class RotateMasterKey extends AdminResource {
    private final MasterKeyChange masterKey;

    public RotateMasterKey(MasterKeyChange masterKey) {
        this.masterKey = masterKey;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        AdminBody.none(exchange);
        try {
            Rotation rotation = masterKey.rotate();
            AdminAnswer.put(
                    exchange,
                    200,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("version", rotation.version())
                            .put("sealed", rotation.sealed())
                            .put("left", rotation.left()));
        } catch (CannotRotate no) {
            throw AdminRefusal.invalidState(String.valueOf(no.getMessage()));
        }
    }
}
