"""Declares torchvision's operators, so that its other parts import where its compiled library does not fit torch."""
import torch

LIBRARY = torch.library.Library("torchvision", "DEF")
NAMES = "roi_align qroi_align _roi_align_backward ps_roi_align _ps_roi_align_backward roi_pool _roi_pool_backward ps_roi_pool _ps_roi_pool_backward deform_conv2d _deform_conv2d_backward"

try:
    import torchvision  # noqa: F401
except RuntimeError:
    for name in ["nms", "qnms"]:
        LIBRARY.define(name + "(Tensor boxes, Tensor scores, float threshold) -> Tensor")
    for name in NAMES.split():
        LIBRARY.define(name + "(Tensor input) -> Tensor")
