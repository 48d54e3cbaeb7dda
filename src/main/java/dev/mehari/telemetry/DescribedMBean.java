package dev.mehari.telemetry;

import java.lang.reflect.Method;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/** An MXBean whose attributes are documented by {@link Described} on its interface. */
final class DescribedMBean extends StandardMBean {
    private final Class<?> type;

    <T> DescribedMBean(T implementation, Class<T> type) {
        super(implementation, type, true);
        this.type = type;
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        Described described = type.getAnnotation(Described.class);
        return described == null ? super.getDescription(info) : described.value();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo attribute) {
        Described described = getter(attribute);
        return described == null ? super.getDescription(attribute) : described.value();
    }

    private @Nullable Described getter(MBeanAttributeInfo attribute) {
        String name = (attribute.isIs() ? "is" : "get") + attribute.getName();
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name)) {
                return method.getAnnotation(Described.class);
            }
        }
        return null;
    }
}
