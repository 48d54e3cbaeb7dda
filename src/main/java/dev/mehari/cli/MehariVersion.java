package dev.mehari.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version that the build wrote into the jar's manifest. */
final class MehariVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = MehariVersion.class.getPackage().getImplementationVersion();
        return new String[] {"mehari " + (version == null ? "(not packaged)" : version)};
    }
}
