package dev.mehari.app;

import dev.mehari.admin.AdminToken;
import dev.mehari.admin.ChangePassword;
import dev.mehari.admin.KnownKeys;
import dev.mehari.admin.LogIn;
import dev.mehari.admin.LogOut;
import dev.mehari.admin.QueuesView;
import dev.mehari.admin.RefuseUnknownResource;
import dev.mehari.admin.RequireAdmin;
import dev.mehari.admin.ReturnLease;
import dev.mehari.admin.ReturnLeases;
import dev.mehari.admin.ShowApiDocument;
import dev.mehari.admin.ShowKeyUse;
import dev.mehari.admin.ShowLeases;
import dev.mehari.admin.ShowQueues;
import dev.mehari.admin.ShowSession;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.config.AdminConfig;
import dev.mehari.config.Secret;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.LedgerOffice;
import dev.mehari.operator.LoginThrottle;
import dev.mehari.operator.OperatorStore.SessionLife;
import dev.mehari.operator.Operators;
import dev.mehari.operator.PasswordHash;
import dev.mehari.storage.Database;
import dev.mehari.storage.OperatorTable;
import java.security.SecureRandom;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds who may administer, and the admin API's resources of sessions, limits and queues. */
final class AdminWiring {
    private final AdminToken token;
    private final Operators operators;
    private final @Nullable Secret password;
    private final LedgerOffice office;
    private final QueuesView queues;
    private final KnownKeys keys;

    AdminWiring(
            AdminConfig config,
            AdminToken token,
            Database database,
            KeyRegistry registry,
            LedgerOffice office,
            QueuesView queues) {
        this.token = token;
        this.office = office;
        this.queues = queues;
        keys = id -> registry.get(id).map(key -> key.fields().limits());
        password = config.password();
        operators = new Operators(
                new OperatorTable(database),
                new LoginThrottle(System::nanoTime),
                new SessionLife(config.sessionIdle(), config.sessionMax()),
                PasswordHash.ROUNDS,
                new SecureRandom());
    }

    void bindTo(Main main) {
        // Camel keeps Cache-Control from answers unless told otherwise.
        HttpHeaderFilterStrategy headers = new HttpHeaderFilterStrategy();
        headers.getOutFilter().remove("cache-control");
        main.bind("managementHeaders", headers);
        main.addInitialProperty("camel.component.platform-http.header-filter-strategy", "#managementHeaders");
        main.bind("requireAdmin", new RequireAdmin(token, operators));
        main.bind("logIn", new LogIn(operators));
        main.bind("logOut", new LogOut(operators));
        main.bind("showSession", new ShowSession());
        main.bind("changePassword", new ChangePassword(operators, password != null));
        main.bind("showApiDocument", new ShowApiDocument());
        main.bind("refuseUnknownResource", new RefuseUnknownResource());
        main.bind("showKeyUse", new ShowKeyUse(office, keys));
        main.bind("showLeases", new ShowLeases(office));
        main.bind("returnLeases", new ReturnLeases(office, keys));
        main.bind("returnLease", new ReturnLease(office));
        main.bind("showQueues", new ShowQueues(queues));
    }

    /** Sets the password that is configured, where one is. */
    void start() throws StorageUnavailable {
        if (password != null) {
            operators.ensurePassword(password.reveal());
        }
    }
}
