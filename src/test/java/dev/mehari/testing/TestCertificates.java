package dev.mehari.testing;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/** Certificates of a day, made by the JDK's keytool: self-signed, so each is its own authority. */
public final class TestCertificates {
    private static final String PASSWORD = "changeit";

    private final Path keyStore;

    private TestCertificates(Path keyStore) {
        this.keyStore = keyStore;
    }

    /**
     * Makes one.
     *
     * @param subjectNames in keytool's words, such as {@code dns:localhost} or {@code ip:127.0.0.1}
     */
    public static TestCertificates selfSigned(Path folder, String subjectNames) throws Exception {
        Path file = folder.resolve("store-" + subjectNames.replaceAll("[^a-z0-9]", "_") + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "1"));
        command.addAll(List.of("-dname", "CN=test", "-ext", "san=" + subjectNames, "-ext", "bc=ca:true"));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString()));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed: " + said);
        }
        return new TestCertificates(file);
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** For a server that shows this certificate. */
    public SslContext server() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(open(), PASSWORD.toCharArray());
        return SslContextBuilder.forServer(keys).build();
    }

    /** The certificate itself, as PEM. */
    public String pem() throws Exception {
        String bytes = java.util.Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(open().getCertificate("server").getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + bytes + "\n-----END CERTIFICATE-----\n";
    }

    /** A store that holds this certificate, for those who are to trust it. */
    public Path trustStore() {
        return keyStore;
    }

    public String password() {
        return PASSWORD;
    }
}
