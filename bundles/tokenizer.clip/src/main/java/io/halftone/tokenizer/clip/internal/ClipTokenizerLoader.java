package io.halftone.tokenizer.clip.internal;

import io.halftone.model.Named;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Reads CLIP's tokenizer: vocab.json and merges.txt, or tokenizer.json, and what they say of special tokens. */
@Component(service = Tokenizer.Loader.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named({"CLIPTokenizer", "CLIPTokenizerFast"})
public final class ClipTokenizerLoader implements Tokenizer.Loader {
    @Override
    public Tokenizer load(Path folder) throws IOException {
        Vocabulary vocabulary = Vocabulary.read(folder);
        TokenSettings settings = TokenSettings.read(folder, vocabulary.ids());
        var special = new ClipTokenizer.Special(settings.id("bos_token"), settings.id("eos_token"), settings.id("pad_token"));
        return new ClipTokenizer(vocabulary.pairs(settings.id("unk_token")), settings.added(false), settings.added(true), special,
            settings.maxLength());
    }
}
