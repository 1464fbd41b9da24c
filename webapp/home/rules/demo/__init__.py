"""Facts and inventions that the demo is made of: West Jakarta with its TPS, and people who do not exist.

west_jakarta.csv: the 56 kelurahan and their 3,452 TPS of the regional election of 27 November 2024 (public
register of the KPU). In that election every village's TPS were numbered 1..tps without gaps, and none had a
special TPS (901 and up), so the count alone gives the real numbers.

    code            wilayah code of the kelurahan, 31.73.CC.1DDD
    name            as it is written
    kecamatan       wilayah code of the kecamatan
    kecamatan_name  as the ministry's list writes it (Taman Sari, Pal Merah)
    tps             TPS of November 2024: their numbers are 1..tps
    lat, lng        middle of the kelurahan, WGS84 degrees, four decimals (about 11 metres)

targets.csv: the vote targets that an organisation there published, eight kecamatan, 200 votes a TPS.

    kecamatan       wilayah code
    votes           target in votes
    tps             TPS as the organisation counted them; the register differs (Taman Sari: 187 against 177)

cells.csv: the schematic map, drawn by cells.py, where its columns stand.
"""
