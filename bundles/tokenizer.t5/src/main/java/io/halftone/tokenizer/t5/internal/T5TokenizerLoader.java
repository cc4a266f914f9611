package io.halftone.tokenizer.t5.internal;

import io.halftone.model.Named;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Reads T5's tokenizer: tokenizer.json, or spiece.model where there is no other, and what the folder says of special
 * tokens. Its native library is loaded when the first tokenizer is read.
 */
@Component(service = Tokenizer.Loader.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named({"T5Tokenizer", "T5TokenizerFast", "TokenizersBackend"})
public final class T5TokenizerLoader implements Tokenizer.Loader {
    @Override
    public Tokenizer load(Path folder) throws IOException {
        TokenSettings settings = TokenSettings.read(folder);
        Definition definition = definition(folder, settings);
        long end = settings.end().id(definition);
        long pad = settings.pad().id(definition);
        if (definition.file().has("post_processor")) {
            long[] around = definition.around();
            if (!Arrays.equals(around, new long[] {end})) {
                throw new CheckpointException(definition.file().path() + ": post_processor: found " + Arrays.toString(around)
                    + " around a text; expected [" + end + "]");
            }
        }
        return new T5Tokenizer(Library.open(definition), end, pad, settings.maxLength());
    }

    private static Definition definition(Path folder, TokenSettings settings) throws IOException {
        Path whole = folder.resolve("tokenizer.json");
        if (Files.isRegularFile(whole)) {
            return Definition.read(whole);
        }
        Path pieces = folder.resolve("spiece.model");
        if (Files.isRegularFile(pieces)) {
            return SentencePieceModel.read(pieces).definition(settings.extraIds());
        }
        throw new CheckpointException(folder + ": found no tokenizer.json and no spiece.model; expected a T5 tokenizer");
    }
}
