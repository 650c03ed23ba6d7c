package io.souffleur.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The only door to the native tokenizers library.
 *
 * <p>Before the library's first use two switches are set, once for the process: {@code
 * ai.djl.offline} and {@code OPT_OUT_TRACKING}. Without them it would look for natives and report its
 * use over the network. {@code RUST_FLAVOR} is set to {@code cpu}, the flavor inside the jar, unless
 * it is given.
 *
 * <p>The library unpacks one shared object (15 MB) into {@code <cache>/tokenizers}. The cache is what
 * the property or environment variable {@code ENGINE_CACHE_DIR} or {@code DJL_CACHE_DIR} names, else
 * {@code ~/.djl.ai}, else (home not writable) {@code .djl.ai} in the temporary directory.
 */
final class NativeTokenizers {
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  static {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    if (System.getProperty("RUST_FLAVOR") == null && System.getenv("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
  }

  private NativeTokenizers() {}

  /** @param file where {@code json} came from, for messages */
  static HuggingFaceTokenizer open(String json, Path file) {
    try (var bytes = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
      return HuggingFaceTokenizer.newInstance(bytes, OPTIONS);
    } catch (IOException | RuntimeException broken) {
      throw new TokenizerException(
          file + " is not a usable tokenizer: " + CheckpointText.firstLine(broken), broken);
    } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError unloadable) {
      throw new TokenizerException(
          "The native tokenizers library cannot be loaded; set ENGINE_CACHE_DIR to a writable folder"
              + " where programs may run: " + unloadable.getMessage(),
          unloadable);
    }
  }
}
