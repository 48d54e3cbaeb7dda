package dev.mehari.app;

import dev.mehari.admin.ChangeBenchRules;
import dev.mehari.admin.ChangeCredentialState;
import dev.mehari.admin.ChangeCredentials;
import dev.mehari.admin.CreateCredential;
import dev.mehari.admin.CredentialAnswers;
import dev.mehari.admin.EditCredential;
import dev.mehari.admin.ExportCredentials;
import dev.mehari.admin.ImportCredentials;
import dev.mehari.admin.RefreshCredential;
import dev.mehari.admin.RotateMasterKey;
import dev.mehari.admin.ShowBenchRules;
import dev.mehari.admin.ShowCredential;
import dev.mehari.admin.ShowCredentials;
import dev.mehari.admin.TestCredential;
import dev.mehari.config.Configuration;
import dev.mehari.credential.BenchRuleBook;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.CredentialTester;
import dev.mehari.credential.DeclaredCredentials;
import dev.mehari.credential.LiveCredentials;
import dev.mehari.credential.RefreshNow;
import dev.mehari.storage.BenchRuleTable;
import dev.mehari.storage.CredentialBox;
import dev.mehari.storage.CredentialRegistryTable;
import dev.mehari.storage.CredentialTable;
import dev.mehari.storage.CredentialTransferTable;
import dev.mehari.storage.Database;
import dev.mehari.storage.MasterKeyRotation;
import dev.mehari.storage.SealedSecrets;
import dev.mehari.storage.SecretBox;
import dev.mehari.storage.TestedCredentialTable;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what keeps credentials, and what administers them. */
final class CredentialsWiring {
    private final Database database;
    private final SealedSecrets secrets;
    private final @Nullable URI forwardProxy;
    private final SecureRandom random;

    /** Throws {@link dev.mehari.storage.StorageStartException} when this instance has another master key than others. */
    CredentialsWiring(Configuration configuration, Database database, SecureRandom random) {
        this.database = database;
        this.random = random;
        secrets = SealedSecrets.open(
                database,
                configuration.credentials().masterKey(),
                configuration.data().dir(),
                random);
        forwardProxy = configuration.target().forwardProxy();
    }

    /** What the pool takes credentials from. */
    CredentialTable table() {
        return new CredentialTable(database, secrets);
    }

    /** Where the pool has its rules from. */
    BenchRuleBook rules() {
        return new BenchRuleTable(database);
    }

    /** What opens and seals, for whoever refreshes tokens. */
    SecretBox box() {
        return new CredentialBox(secrets);
    }

    /** What seals with the master key, for whoever keeps other secrets. */
    SealedSecrets secrets() {
        return secrets;
    }

    /** Where the declarative file's credentials go. */
    DeclaredCredentials declared() {
        return new CredentialTransferTable(database, secrets);
    }

    /**
     * Binds the admin API's resources of credentials.
     *
     * @param live what the pool of this instance knows
     * @param refresher fetches tokens when an operator asks for it
     * @param tester tries a credential when an operator asks for it
     * @param inForce makes the pool know of changes
     */
    void bindTo(Main main, LiveCredentials live, RefreshNow refresher, CredentialTester tester, InForce inForce) {
        CredentialRegistry registry = new CredentialRegistryTable(database, secrets);
        CredentialTransferTable transfer = new CredentialTransferTable(database, secrets);
        CredentialAnswers answers = new CredentialAnswers(live, Clock.systemUTC());
        BenchRuleBook rules = rules();
        main.bind("showCredentials", new ShowCredentials(registry, answers));
        main.bind("showCredential", new ShowCredential(registry, answers));
        main.bind("createCredential", inForce.after(new CreateCredential(registry, answers)));
        main.bind("editCredential", inForce.after(new EditCredential(registry, answers)));
        main.bind("deleteCredential", inForce.after(new ChangeCredentialState(registry::delete, answers)));
        main.bind("enableCredential", inForce.after(new ChangeCredentialState(registry::enable, answers)));
        main.bind("disableCredential", inForce.after(new ChangeCredentialState(registry::disable, answers)));
        main.bind("releaseCredential", inForce.after(new ChangeCredentialState(registry::release, answers)));
        main.bind(
                "testCredential",
                new TestCredential(
                        registry, new TestedCredentialTable(database, secrets, forwardProxy), tester, answers));
        main.bind("refreshCredential", new RefreshCredential(registry, refresher, answers));
        main.bind("changeCredentials", inForce.after(new ChangeCredentials(registry)));
        main.bind("importCredentials", inForce.after(new ImportCredentials(transfer)));
        main.bind("exportCredentials", new ExportCredentials(transfer, random));
        main.bind("showBenchRules", new ShowBenchRules(rules));
        main.bind("changeBenchRules", inForce.after(new ChangeBenchRules(rules)));
        main.bind("rotateMasterKey", new RotateMasterKey(new MasterKeyRotation(database, secrets)));
    }
}
