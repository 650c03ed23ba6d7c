package io.souffleur.kernels.nativecpu;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One instruction form's library, loaded into this process for good.
 *
 * <p>The binary is a resource of this module. It is written to a private temporary file, mapped, and
 * the file is deleted at once.
 *
 * @param entry address of {@code souffleur_run}
 * @param sha256 hash of the binary, in hex
 */
@SuppressWarnings("restricted") // Native access is granted by the flags file of the house.
record NativeLibrary(MemorySegment entry, String sha256) {
  static final String RESOURCES = "/io/souffleur/kernels/native/linux-x86_64/";

  /** {@code int souffleur_run(int op, args, scratch, long first, long last)}, entry as first argument. */
  private static final MethodHandle RUN = Linker.nativeLinker()
      .downcallHandle(FunctionDescriptor.of(
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG));

  static NativeLibrary load(InstructionForm form) {
    byte[] binary = read(form);
    List<String> failures = new ArrayList<>();
    for (Path folder : folders()) {
      try {
        MemorySegment entry = map(folder, binary);
        return new NativeLibrary(entry, hash(binary));
      } catch (IOException | IllegalArgumentException failure) {
        failures.add(folder + ": " + failure.getMessage());
      }
    }
    throw new IllegalStateException(
        "cannot load the " + form.label() + " kernels from any folder: " + failures);
  }

  /** Folders that may hold an executable mapping, in the order they are tried. */
  private static List<Path> folders() {
    return List.of(
        Path.of(System.getProperty("java.io.tmpdir")),
        Path.of("/dev/shm"),
        Path.of(System.getProperty("user.home")));
  }

  private static MemorySegment map(Path folder, byte[] binary) throws IOException {
    Path file = Files.createTempFile(folder, "souffleur-kernels-", ".so");
    try {
      Files.write(file, binary);
      return SymbolLookup.libraryLookup(file, Arena.global())
          .find("souffleur_run")
          .orElseThrow();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static byte[] read(InstructionForm form) {
    String name = RESOURCES + form.label() + ".so";
    try (InputStream in = NativeLibrary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build has no resource " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read resource " + name, e);
    }
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Runs tasks [first, last) of an operation with this argument block and worker scratch. */
  void run(int operation, long args, long scratch, long first, long last) {
    int status;
    try {
      status = (int) RUN.invokeExact(entry, operation, args, scratch, first, last);
    } catch (Throwable impossible) {
      throw new IllegalStateException("a downcall threw", impossible);
    }
    if (status != 0) {
      throw new IllegalStateException("the library knows no operation " + operation);
    }
  }
}
