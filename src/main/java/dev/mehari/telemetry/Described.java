package dev.mehari.telemetry;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.DescriptorKey;

/** What a JMX console shows beside an MBean or one of its attributes: one sentence, and the unit where it has one. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Described {
    String value();

    /** Where JMX keeps the unit of an attribute. */
    @DescriptorKey("units")
    String unit() default "";
}
