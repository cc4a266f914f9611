package io.halftone.tensorrt.internal;

import java.util.Optional;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once whether there is a GPU and TensorRT, and enables the engine builder, or says why not. */
// immediate: nobody asks for it, as it decides what there is to ask for
@Component(service = {}, immediate = true, configurationPolicy = ConfigurationPolicy.IGNORE)
public final class TensorRtProbe {
    private static final Logger LOG = LoggerFactory.getLogger(TensorRtProbe.class);

    @Activate
    public TensorRtProbe(ComponentContext context) {
        Optional<String> missing = Natives.missing();
        if (missing.isPresent()) {
            LOG.info("no engine tensorrt here: {}", missing.get());
        } else {
            context.enableComponent(TensorRtEngineBuilder.class.getName());
        }
    }
}
