"""Own datasets: from flat folders to the layout of Cityscapes."""
