package dev.mehari.telemetry;

import java.util.Map;

/** Live settings, as JMX shows them. */
@Described("Live settings in force on this instance")
public interface SettingsMXBean {
    @Described("Value of each setting by its key")
    Map<String, String> getValues();
}
