package io.halftone.distributor.local.internal;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkDistributor;
import io.halftone.distribute.WorkSession;
import io.halftone.model.Named;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Runs units in this process, as many at a time as the work says: one on each device, or several on the processors. */
@Component(service = WorkDistributor.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("in-process")
public final class LocalDistributor implements WorkDistributor {
    @Activate
    public LocalDistributor() {
        // no configuration
    }

    @Override
    public WorkSession begin(Work work, OpenWork here) {
        return new LocalSession(work.kind(), here);
    }
}
