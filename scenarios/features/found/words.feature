# language: ja
機能: 引いた物語の言葉 | The words of drawn stories

  @id:every-word @found @seed:0
  シナリオ: 引いた物語だけに現れる言葉 | Words that only drawn stories use
    前提 日時は2026年1月5日10時0分0秒である
    かつ 「person-1」は次の人である
      """
      name: 架空　花子
      kana: ｶｸｳ ﾊﾅｺ
      birthdate: 1990-05-05
      sex: 2
      address: 架空県見本市一丁目１－１
      postcode: 999-0000
      face: 1
      card:
        issued: 2023-05-06T01:00:00Z
        expiry: 2033-05-05
        pin: '1234'
        security_code: '1000'
        registered: false
      coverages:
      - insurer_number: '99990012'
        insurer_name: 架空健康保険組合
        symbol: 見本
        number: '0011'
        branch: '01'
        relation: insured
        gained: 2024-04-01
      """
    かつ 「1319999990」は次の医療機関である
      """
      name: 架空医院
      offers:
      - drugs
      electronic_prescriptions: true
      charts:
      - id: chart-person-1
        name: 架空　花子
        kana: ｶｸｳ ﾊﾅｺ
        birthdate: 1990-05-05
        sex: 2
        insurance:
          insurer_number: '99990012'
          symbol: 見本
          number: '0011'
          branch: '01'
      """
    かつ 「架空花子」は利用登録を断る
    かつ 「架空花子」は電子処方箋を選ぶ
    かつ 「架空花子」がうまくいかなければ職員が目視で否認する
    もし 「架空花子」が「架空医院」で別のICカードと顔認証により受付する
    ならば 直前の結果の『/visit/end』は『not-my-number-card』である
    前提 「架空花子」は利用登録に応じる
    かつ 「架空花子」は処方箋の形を選ばない
    もし 日時が2026年1月5日10時1分0秒になる
    かつ 「架空花子」が「架空医院」で「架空花子」のカードと暗証番号『0000,1234』により受付する
    ならば 直前の結果の『/visit/end』は『completed』である
    もし カルテ『chart-person-1』を開いたまま「架空医院」のレセコンが結果を取り込む
    ならば 直前の結果の『/inbox/person-1/opened』は『chart-person-1』である
    もし 保険者が届出『R000』で「架空花子」の次の変更を届け出る
      """
      limit:
        numbers:
          insurer_number: '99990012'
          symbol: 見本
          number: '0011'
          branch: '01'
        limit:
          flag: A03
          from: 2026-01-01
          to: 2026-12-31
      """
    ならば 直前の結果の『/feed/accepted』は『true』である
    もし 「架空医院」が次の番号でカードなしに再照会する
      """
      numbers:
        insurer_number: '99990012'
        symbol: 見本
        number: '0011'
        branch: '01'
      birthdate: 1990-05-05
      occasion: home-visit
      """
    ならば 直前の結果の『/query』は『refused』である
    もし 「架空医院」が次の四情報により照会する
      """
      function: disaster
      name: 架空　花子
      birthdate: 1990-05-05
      sex: 2
      address: 架空県見本市一丁目１－１
      """
    ならば 直前の結果の『/query』は『refused』である
    もし 「架空医院」が次の番号で資格を照会する
      """
      numbers:
        insurer_number: '99990012'
        symbol: 見本
        number: '0011'
        branch: '01'
      birthdate: 1990-05-05
      date: 2026-01-05
      limit_consent: true
      """
    ならば 直前の結果の『/query/answered/limit』は『A03』である
    もし 「架空医院」が次の照会番号を登録する
      """
      bulk: false
      entries:
      - reference_number: P-001
        numbers:
          insurer_number: '99990012'
          symbol: 見本
          number: '0011'
          branch: '01'
      """
    ならば 直前の結果の『/register/answered/0』は『true』である
    もし 「架空医院」が次の人々の資格を一括で照会する
      """
      date: 2026-01-05
      entries:
      - identifier: E1
        numbers:
          insurer_number: '99990012'
          symbol: 見本
          number: '0011'
          branch: '01'
        birthdate: 1990-05-05
        reference_number: P-001
      """
    ならば 直前の結果の『/bulk/answered/units/E1/answered/reference_number』は『P-001』である
    もし 「架空医院」が「架空花子」について次の請求をする
      """
      day: 2026-01-05
      """
    ならば 直前の結果の『/claim/end』は『accepted』である
