package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.PatchWriter;
import io.souffleur.multimodal.RgbImage;
import io.souffleur.multimodal.SlicePlan;
import io.souffleur.multimodal.image.ImageFile;
import io.souffleur.multimodal.image.ImageRefused;
import io.souffleur.multimodal.source.MediaLimits;
import io.souffleur.multimodal.source.MediaRefused;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The work on one image: header, limits, room on the heap, pixels, hash, patches.
 *
 * <p>Room is taken by the header's extent before a pixel is decoded, and waited for, so that images wait
 * for each other and not for the garbage collector. Used by all threads of a pool.
 */
final class ImageDecoding {
  private static final int PERMIT_BYTES = 1024;

  private final MediaLimits limits;
  private final Semaphore heap;

  ImageDecoding(MediaLimits limits) {
    this.limits = limits;
    this.heap = new Semaphore(permits(limits.server().decodeBytesMax()), true);
  }

  private static int permits(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + PERMIT_BYTES - 1) / PERMIT_BYTES);
  }

  /** Bytes of heap that decoders have taken. */
  long heapBytes() {
    int all = permits(limits.server().decodeBytesMax());
    return (long) (all - heap.availablePermits()) * PERMIT_BYTES;
  }

  /** Prepares the image and delivers it, or throws why not. Gives back what it took in any case. */
  void run(Preparation preparation) throws MediaRefused, InterruptedException {
    ImageWork work = preparation.work();
    try {
      ImageFile file = ImageFile.open(work.file(), limits.image());
      SlicePlan plan = SlicePlan.of(file.size(), work.settings().slices());
      work.budget().takePixels(file.size().pixels());
      int room = room(file);
      if (!heap.tryAcquire(room, limits.decode().timeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MediaRefused(
            MediaRefused.Reason.BUSY, "there is no memory to decode the image just now");
      }
      try {
        RgbImage pixels = file.decode(preparation::ended);
        write(preparation, pixels, plan);
      } finally {
        heap.release(room);
      }
    } catch (ImageRefused refused) {
      throw MediaRefused.of(refused);
    }
  }

  private int room(ImageFile file) throws MediaRefused {
    long bytes = file.format().decodeBytes(file.size());
    long most = limits.server().decodeBytesMax();
    if (bytes > most) {
      throw new MediaRefused(
          MediaRefused.Reason.TOO_LARGE,
          "decoding a " + file.format() + " of " + file.size() + " pixels takes about " + bytes
              + " bytes of memory, at most " + most + " are allowed");
    }
    return permits(bytes);
  }

  private static void write(Preparation preparation, RgbImage pixels, SlicePlan plan)
      throws MediaRefused {
    ImageWork work = preparation.work();
    ContentHash hash = ContentHash.ofPixels(pixels, work.settings(), work.tenantSalt());
    if (preparation.ended()) {
      return;
    }
    MemorySegment patches = work.memory()
        .take(PatchWriter.bytes(plan))
        .orElseThrow(() -> new MediaRefused(
            MediaRefused.Reason.BUSY, "there is no memory for the patches just now"));
    boolean delivered = false;
    try {
      PatchWriter.write(pixels, plan, patches);
      delivered =
          preparation.deliver(new PreparedImage(plan, work.settings().downsample(), patches, hash));
    } finally {
      if (!delivered) {
        work.memory().giveBack(patches);
      }
    }
  }
}
