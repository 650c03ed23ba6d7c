package io.souffleur.clusterconfig.e2e;

import io.souffleur.clusterconfig.launch.CacheFolder;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.ComputeType;
import io.souffleur.models.Decoder;
import io.souffleur.models.LoadFormat;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.Progress;
import io.souffleur.models.SoloRun;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/** SHA-256 over the logits of one fixed prompt under the kernel set that {@code serve} picks. */
final class LogitDigest {
  private static final int TOKENS = 70;

  private LogitDigest() {}

  /** Prints the digest; a JVM that has computed nothing before. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(of(Integer.parseInt(arguments[0])));
  }

  static String of(int threads) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (Kernels kernels = KernelProviders.choose(KernelProviders.AUTO).open(threads);
        Decoder decoder = decoder(kernels);
        SoloRun run = new SoloRun(decoder, 1, TOKENS, 64, TOKENS)) {
      int[] prompt =
          new Random(9).ints(TOKENS, 0, decoder.summary().vocabSize()).toArray();
      for (float[] logits : run.append(0, prompt)) {
        ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES);
        bytes.asFloatBuffer().put(logits);
        digest.update(bytes.array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static Decoder decoder(Kernels kernels) throws IOException {
    return new ModelLoader(LoadFormat.SAFETENSORS)
        .load(
            EmbeddedModel.unpack(CacheFolder.path()),
            kernels,
            ComputeType.AUTO,
            PanelStore.inMemory(),
            Progress.NONE);
  }
}
