"""Chinese: claims, events and official notices in Chinese, by a grammar of their own."""
