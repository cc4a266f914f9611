package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.ops.DeviceException;
import io.halftone.ops.TensorView;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where tensors live: in host memory, or on a CUDA device, whose default stream all work is given to.
 *
 * @param index the CUDA device, counted from 0; -1 for the host
 */
record Place(int index) {
    static final Place HOST = new Place(-1);
    /** A CUDA device if there is one, else the host. */
    static final String AUTO = "auto";

    private static final String CPU = "cpu";
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,2}))?");

    /**
     * Refuses what no device is called.
     *
     * @throws IllegalArgumentException with what was found
     */
    static void check(String device) {
        if (!device.equals(CPU) && !device.equals(AUTO) && !CUDA.matcher(device).matches()) {
            throw new IllegalArgumentException("device: found " + device + "; expected cpu, cuda, cuda:1 ... or auto");
        }
    }

    /**
     * The place of that name; for the first time once libtorch is loaded.
     *
     * @throws DeviceException if there is no such device
     */
    static Place of(String device) {
        Matcher cuda = CUDA.matcher(device);
        if (device.equals(CPU) || device.equals(AUTO) && !torch.cuda_is_available()) {
            return HOST;
        }
        int index = cuda.matches() && cuda.group(1) != null ? Integer.parseInt(cuda.group(1)) : 0;
        if (!torch.cuda_is_available()) {
            throw new DeviceException("device " + device + ": found " + without() + ": choose cpu or auto");
        }
        int count = torch.cuda_device_count();
        if (index >= count) {
            throw new DeviceException("device " + device + ": found " + count + " CUDA devices; expected more than " + index);
        }
        return new Place(index);
    }

    /** What there is in place of a CUDA device. */
    private static String without() {
        if (torch.hasCUDA()) {
            return "libtorch for CUDA and no device; expected a device, and the driver for it";
        }
        return Library.withoutCuda()
            .map(reason -> "libtorch for CUDA without the libraries that it needs, " + reason + "; expected CUDA 13, cuDNN 9 and NCCL where "
                + "LD_LIBRARY_PATH says")
            .orElse("libtorch for the CPU alone; expected libtorch for CUDA, which the archive halftone-cuda has, and a device");
    }

    boolean isHost() {
        return index < 0;
    }

    /** What results depend on. */
    Device device() {
        return isHost() ? Device.HOST : new Device(GpuName.of(index).orElseGet(() -> "CUDA device of " + (memory()[1] >> 20) + " MiB"), index);
    }

    /** Bytes of a CUDA device: those that are free, and all. */
    long[] memory() {
        try (var scope = new PointerScope()) {
            SizeTPair freeAndAll = torch.getMemoryInfo((byte) index);
            return new long[] {freeAndAll.first(), freeAndAll.second()};
        }
    }

    /** Waits for all streams of the device; there is nothing to wait for on the host. */
    void await() {
        if (!isHost()) {
            CaptureLock.waiting(() -> torch.cuda_synchronize(index));
        }
    }

    /** Options of a tensor here. */
    TensorOptions options(DType type) {
        TensorOptions options = new TensorOptions(Types.of(type));
        return isHost() ? options : options.device(new DeviceOptional(torchDevice()));
    }

    private org.bytedeco.pytorch.Device torchDevice() {
        return new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index);
    }

    /** The tensor here: itself where it is. Does not wait for the device. */
    Tensor bring(Tensor tensor) {
        return tensor.is_cuda() == !isHost() ? tensor
            : isHost() ? tensor.cpu() : tensor.to(torchDevice(), Types.of(Types.of(tensor)), true, false, new MemoryFormatOptional());
    }

    /** A tensor here with a copy of the view's elements. */
    Tensor load(TensorView view) {
        if (view.isHost()) {
            return bring(HostMemory.load(view));
        }
        if (view.device() != index) {
            throw new IllegalArgumentException("tensor: found " + view + "; expected " + (isHost() ? "host memory" : "device " + index
                + " or host memory"));
        }
        Tensor there = torch.from_blob(new Address(view.address()), view.shape(), options(view.dtype()));
        return there.clone();
    }

    /** The memory of a contiguous tensor here, valid as long as the tensor. */
    TensorView view(Tensor contiguous) {
        return isHost() ? HostMemory.view(contiguous)
            : TensorView.device(Types.of(contiguous), HostMemory.sizes(contiguous), contiguous.data_ptr().address(), index);
    }

    @Override
    public String toString() {
        return isHost() ? Device.HOST.name() : "CUDA device " + index + GpuName.of(index).map(name -> " (" + name + ")").orElse("");
    }

    /** An address that somebody else owns. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
